-- WITH draws funds
-- Ends granted credits whose time is over, each with a line; what films under way hold is looked at again when they end.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 how many, at the most  2 lines TTL s
-- RETURNS  how many ran out
local due = redis.call('ZRANGEBYSCORE', P .. 'expiring', '-inf', whole(now), 'LIMIT', 0, ARGV[1])
for _, entry in ipairs(due) do
  local member, id = string.match(entry, '^(.*)/([^/]+)$')
  local key = P .. 'lots:' .. member
  local left, _, expires = readLot(redis.call('HGET', key, id))
  if left > 0 and expires ~= 0 and expires <= now then
    change(key, '', id, -left, 0, expires)
    local line = note('kind', 'expire', 'member', member, 'lot', id, 'credits', whole(left))
    tell(member, line, 'expire', left, '', '', '', '', ARGV[2])
  end
  redis.call('ZREM', P .. 'expiring', entry)
end
return #due
