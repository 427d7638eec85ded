-- WITH draws funds
-- Takes granted credits back, those first that would last longest; what films under way hold is not touched.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 lines TTL s  5 member  6 credits  7 by  8 why
-- RETURNS  {'repeated', digest, answer} | {'short', what there is} | {'done', credits}
local before = answered(ARGV[1])
if before then
  return before
end
local lots, left = live(P .. 'lots:' .. ARGV[5])
local amount = tonumber(ARGV[6])
if amount > left then
  return { 'short', whole(left) }
end
table.sort(lots, function(one, other) return earlier(other, one) end)
local draws = drawn(lots, amount)
for _, draw in ipairs(draws) do
  change(P .. 'lots:' .. ARGV[5], '', draw.id, -draw.n, 0, 0)
end
local line = note('kind', 'revoke', 'member', ARGV[5], 'credits', ARGV[6], 'draws', packed(draws), 'by', ARGV[7], 'why', ARGV[8])
tell(ARGV[5], line, 'revoke', amount, '', '', ARGV[7], ARGV[8], ARGV[4])
answer(ARGV[1], ARGV[2], ARGV[6], ARGV[3])
return { 'done', ARGV[6] }
