-- Notes that a webhook told of a job: its id, for the step that looks next, and its task where the answer of a paid submit was
-- lost. The last few ids are kept, so that a replay changes nothing.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 webhook id, without spaces  3 task id, empty when it told none  4 gateway  5 how many ids are kept
--       6 ms until it is looked at when it is not hastened
-- RETURNS  'noted' | 'known' (the same webhook came before) | 'gone' (no such job, or it has ended)
local is = redis.call('HMGET', KEYS[1], 'progress', 'settled', 'task_id', 'hooks', 'trying')
if not is[1] or is[2] then
  return 'gone'
end
local progress = cjson.decode(is[1])
if progress.failure then
  return 'gone'
end
local hooks = { ARGV[2] }
for hook in string.gmatch(is[4] or '', '%S+') do
  if hook == ARGV[2] then
    return 'known'
  end
  if #hooks < tonumber(ARGV[5]) then
    hooks[#hooks + 1] = hook
  end
end
redis.call('HSET', KEYS[1], 'wake', ARGV[2], 'hooks', table.concat(hooks, ' '))
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if ARGV[3] ~= '' and not is[3] and (progress.sentAt or progress.resentSince) then
  -- `supplied`: the submit's own answer, should it still come, knows better.
  redis.call('HSET', KEYS[1], 'task_id', ARGV[3], 'gateway', ARGV[4], 'submitted_at', string.format('%.0f', now), 'supplied', '1')
  redis.call('HINCRBY', KEYS[1], 'version', 1)
end
-- Looked at soon, also when there is no wake-up to hasten. A step under way has its own time, and ends with the same; a sweep in
-- its midst would take the job from it.
local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
if due and not is[5] and tonumber(due) > now + tonumber(ARGV[6]) then
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[6])), ARGV[1])
end
return 'noted'
