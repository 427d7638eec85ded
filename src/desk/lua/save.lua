-- Writes what a step learned, if the step still holds the job's epoch.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 epoch  3 progress JSON  4 due ms  5 visible to members: 1 or 0  6 the step ended: 1 or 0
--       7 ms until due at the latest when a webhook came meanwhile
-- RETURNS  the record as a flat list, empty when the epoch was lost
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then
  return {}
end
redis.call('HSET', KEYS[1], 'progress', ARGV[3])
if ARGV[5] == '1' then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
end
local due = ARGV[4]
if ARGV[6] == '1' then
  if redis.call('HEXISTS', KEYS[1], 'wake') == 1 then
    local time = redis.call('TIME')
    local soon = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[7])
    due = string.format('%.0f', math.min(tonumber(due), soon))
  end
  redis.call('HDEL', KEYS[1], 'trying')
  redis.call('HSET', KEYS[1], 'deaths', '0')
end
redis.call('ZADD', KEYS[2], due, ARGV[1])
return redis.call('HGETALL', KEYS[1])
