-- WITH funds
-- Puts one thing right that an audit found, if it still is what was seen, with a line in the ledger that says so.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 hash, without the space  2 field  3 what was seen, empty for nothing  4 what it should be, empty for nothing
--       5.. the line: its fields and values in turn
-- RETURNS  1, or 0 when it is another by now
local key = P .. ARGV[1]
if (redis.call('HGET', key, ARGV[2]) or '') ~= ARGV[3] then
  return 0
end
if ARGV[4] == '' then
  redis.call('HDEL', key, ARGV[2])
else
  redis.call('HSET', key, ARGV[2], ARGV[4])
end
note(unpack(ARGV, 5))
return 1
