-- WITH draws funds
-- Closes a pot: what it has goes back to where it came from. What films under way hold follows when they end without one.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 pot  2 '1' to close it before its deadline  3 lines TTL s  4 TTL s of what is told of it afterwards
-- RETURNS  {'gone'} | {'early'} | {'closed'}, when it was | {'done', credits given back}
local pot, shares = P .. 'pot:' .. ARGV[1], P .. 'shares:' .. ARGV[1]
local is = redis.call('HMGET', pot, 'deadline', 'closed')
if not is[1] then
  redis.call('ZREM', P .. 'pots', ARGV[1])
  redis.call('ZREM', P .. 'endowed', ARGV[1])
  return { 'gone' }
end
if is[2] then
  return { 'closed' }
end
if ARGV[2] ~= '1' and now < tonumber(is[1]) then
  return { 'early' }
end
local flat, draws, sum = redis.call('HGETALL', shares), {}, 0
for i = 1, #flat, 2 do
  local left = readLot(flat[i + 1])
  if left > 0 then
    draws[#draws + 1] = { id = flat[i], n = left }
    sum = sum + left
  end
end
table.sort(draws, function(one, other) return one.id < other.id end)
redis.call('HSET', pot, 'closed', whole(now))
redis.call('EXPIRE', pot, ARGV[4])
redis.call('ZREM', P .. 'pots', ARGV[1])
redis.call('ZREM', P .. 'endowed', ARGV[1])
giveBack(ARGV[1], draws, ARGV[3])
return { 'done', whole(sum) }
