-- Notes the task that a paid submit was answered with. A fact, not a decision: whoever learned it may write it, whatever the
-- epoch. Only what a webhook supplied gives way to it.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 task id  3 submitted at ms  4 due ms  5 gateway
-- RETURNS  'noted' | 'known' (the same task) | 'other' (another task is noted) | 'settled' | 'gone'
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'gone'
end
local is = redis.call('HMGET', KEYS[1], 'task_id', 'settled', 'supplied')
if is[1] == ARGV[2] then
  return 'known'
end
if is[1] and not is[3] then
  return 'other'
end
redis.call('HSET', KEYS[1], 'task_id', ARGV[2], 'submitted_at', ARGV[3], 'gateway', ARGV[5])
redis.call('HDEL', KEYS[1], 'supplied')
if is[2] then
  return 'settled'
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
return 'noted'
