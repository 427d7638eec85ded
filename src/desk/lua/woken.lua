-- Notes that a webhook told of a job: its id, for the step that looks next, and its task where the answer of a paid submit was
-- lost. The last few ids are kept, so that a replay changes nothing.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 webhook id, without spaces  3 task id, empty when it told none  4 gateway  5 how many ids are kept
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
if ARGV[3] == '' or is[3] or not progress.sentAt then
  return 'noted'
end
local time = redis.call('TIME')
local now = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
-- `supplied`: the submit's own answer, should it still come, knows better.
redis.call('HSET', KEYS[1], 'task_id', ARGV[3], 'gateway', ARGV[4], 'submitted_at', now, 'supplied', '1')
redis.call('HINCRBY', KEYS[1], 'version', 1)
-- A step under way has its own time; a sweep would take the job from it.
if not is[5] then
  redis.call('ZADD', KEYS[2], now, ARGV[1])
end
return 'noted'
