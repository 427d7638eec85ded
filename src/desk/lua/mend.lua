-- WITH draws funds
-- Puts one thing right that an audit found, if the ledger and the thing still are what was seen, with a line in the ledger that says so.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 the ledger's last line that was seen  2 field | open | in | out  3 the key, without the space  4 its field or entry
--       5 what the field was seen to be, empty for nothing  6 what it should be, empty for nothing  7 TTL s of a balance that was not there
--       8.. the line: its fields and values in turn
-- RETURNS  the line's id, or nothing when something was written meanwhile
local last = redis.call('XREVRANGE', P .. 'ledger', '+', '-', 'COUNT', 1)
if (last[1] and last[1][1] or '') ~= ARGV[1] then
  return false
end
local how, key, field = ARGV[2], P .. ARGV[3], ARGV[4]
if how == 'field' then
  if (redis.call('HGET', key, field) or '') ~= ARGV[5] then
    return false
  end
  if ARGV[6] == '' then
    redis.call('HDEL', key, field)
  else
    redis.call('HSET', key, field, ARGV[6])
    if string.find(ARGV[3], '^quota:') or string.find(ARGV[3], '^used:') then
      redis.call('EXPIRE', key, ARGV[7], 'NX')
    end
  end
elseif how == 'open' then
  redis.call('ZADD', key, 'NX', whole(now), field)
elseif how == 'in' then
  redis.call('SADD', key, field)
else
  redis.call('SREM', key, field)
end
return note(unpack(ARGV, 8))
