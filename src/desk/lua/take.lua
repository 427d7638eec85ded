-- Takes jobs off a space's waiting list; they are due soon, so that nothing is lost on the way to the queue.
-- KEYS  1 waiting  2 open  3 the space's job keys, without the id
-- ARGV  1 ms until progress is due  2.. the jobs
-- RETURNS  {left waiting, id, id, …}: those that still waited
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = { '0' }
for i = 2, #ARGV do
  local id = ARGV[i]
  -- Without a record there is nothing to admit; the sweep tells of it.
  if redis.call('ZREM', KEYS[1], id) == 1 and redis.call('EXISTS', KEYS[3] .. id) == 1 then
    redis.call('HSET', KEYS[3] .. id, 'admitted_at', string.format('%.0f', now))
    redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[1])), id)
    answer[#answer + 1] = id
  end
end
answer[1] = tostring(redis.call('ZCARD', KEYS[1]))
return answer
