-- WITH draws funds
-- Ends a job's hold: captured (paid) or released (given back). Once only, and only by the holder of the epoch.
-- KEYS  1 the space's keys, without the name  2 the month's report
-- ARGV  1 id  2 epoch  3 captured | released  4 lines TTL s  5 what the film cost, in millionths of the currency
--       6 what the gateway billed, in the same; empty when it did not say
--       7 report TTL s  8.. field of the report, and how much it grows
-- RETURNS  the record as a flat list, empty when the epoch was lost
local job = P .. 'job:' .. ARGV[1]
if redis.call('HGET', job, 'epoch') ~= ARGV[2] then
  return {}
end
if redis.call('HEXISTS', job, 'settled') == 0 then
  unhold(ARGV[1], ARGV[3] == 'captured' and 'capture' or 'release', ARGV[5], ARGV[6], ARGV[4])
  redis.call('HSET', job, 'settled', ARGV[3])
  redis.call('HINCRBY', job, 'version', 1)
  reported(7)
end
return redis.call('HGETALL', job)
