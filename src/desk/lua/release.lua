-- Marks a job that is held, for its next step to give it up.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 the version that was seen  3 who, JSON
-- RETURNS  1, or 0 when the job is another by now
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then
  return 0
end
local time = redis.call('TIME')
if redis.call('HSETNX', KEYS[1], 'given_up', ARGV[3]) == 1 then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
end
redis.call('ZADD', KEYS[2], string.format('%.0f', tonumber(time[1]) * 1000), ARGV[1])
return 1
