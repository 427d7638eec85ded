-- Begins a step: notes it before it acts and takes the job's epoch. A step that was begun and never ended died with its worker.
-- What a webhook woke it for is handed to the step and noted no more: a later one wakes the job again.
-- KEYS  1 job
-- ARGV  1 step  2 deaths after which the job is parked
-- RETURNS  the record as a flat list, `wake` as it was before; empty when there is none
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {}
end
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
if redis.call('HEXISTS', KEYS[1], 'trying') == 1 then
  local deaths = redis.call('HINCRBY', KEYS[1], 'deaths', 1)
  if deaths >= tonumber(ARGV[2]) and redis.call('HSETNX', KEYS[1], 'parked', '1') == 1 then
    redis.call('HINCRBY', KEYS[1], 'version', 1)
  end
end
redis.call('HSET', KEYS[1], 'trying', ARGV[1])
local record = redis.call('HGETALL', KEYS[1])
redis.call('HDEL', KEYS[1], 'wake')
return record
