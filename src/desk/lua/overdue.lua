-- Jobs whose progress is overdue. Each is due again later, so that a second sweeper leaves it alone.
-- KEYS  1 open  2 waiting
-- ARGV  1 how many  2 ms until due again
-- RETURNS  {id, 1 when still waiting or 0, …}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])) do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), id)
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('ZSCORE', KEYS[2], id) and '1' or '0'
end
return answer
