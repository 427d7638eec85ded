-- WITH draws funds
-- One member gives granted credits to another, with what is left of their time; never a window's allowance, or every second account
-- would be worth money.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 lines TTL s  5 from  6 to  7 credits  8 begin of the new lots' names
--       9 day  10 credits that may be given in a day  11 day's TTL s  12 note
-- RETURNS  {'repeated', digest, answer} | {'short', what there is} | {'day', what may still be given} | {'done', credits}
local before = answered(ARGV[1])
if before then
  return before
end
local from, to, amount = ARGV[5], ARGV[6], tonumber(ARGV[7])
local lots, left = live(P .. 'lots:' .. from)
local given = P .. 'given:' .. from .. ':' .. ARGV[9]
local free = tonumber(ARGV[10]) - tonumber(redis.call('GET', given) or 0)
if amount > free then
  return { 'day', whole(math.max(0, free)) }
end
if amount > left then
  return { 'short', whole(left) }
end
table.sort(lots, earlier)
local expires = {}
for _, lot in ipairs(lots) do
  expires[lot.id] = lot.expires
end
local draws, made = drawn(lots, amount), {}
for i, draw in ipairs(draws) do
  local id = ARGV[8] .. '-' .. i
  change(P .. 'lots:' .. from, '', draw.id, -draw.n, 0, 0)
  change(P .. 'lots:' .. to, to, id, draw.n, 0, expires[draw.id])
  made[#made + 1] = id .. ' ' .. whole(draw.n) .. ' ' .. whole(expires[draw.id])
end
redis.call('INCRBY', given, whole(amount))
redis.call('EXPIRE', given, ARGV[11])
local line = note('kind', 'give', 'member', from, 'to', to, 'credits', ARGV[7], 'draws', packed(draws), 'made', table.concat(made, ' '), 'why', ARGV[12])
tell(from, line, 'gave', amount, '', '', to, ARGV[12], ARGV[4])
tell(to, line, 'got', amount, '', '', from, ARGV[12], ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[7], ARGV[3])
return { 'done', ARGV[7] }
