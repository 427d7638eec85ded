-- WITH draws funds
-- Puts credits into a pot: a member's, drawn as a film would draw them, or, without a member, new ones by somebody in charge.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 lines TTL s  5 pot  6 member, empty for new credits  7 credits
--       8 window  9 its start ms  10 its end ms  11 allowance  12 quota TTL s past the window's end  13 how many shares a pot has at the most
--       14 share of new credits  15 by
-- RETURNS  {'repeated', digest, answer} | {'closed'} | {'full'} | {'window', …} | {'balance', left} | {'done', what the pot has}
local before = answered(ARGV[1])
if before then
  return before
end
local pot, member, amount, window = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
local is = redis.call('HMGET', P .. 'pot:' .. pot, 'deadline', 'closed')
if not is[1] or is[2] or now >= tonumber(is[1]) then
  return { 'closed' }
end
local shares = P .. 'shares:' .. pot
local count = redis.call('HLEN', shares)
local draws, expires, rolls = {}, {}, false
local starts, ends = tonumber(ARGV[9]), tonumber(ARGV[10])
if member == '' then
  draws[1], expires[ARGV[14]] = { id = ARGV[14], n = amount }, 0
else
  local refusal
  refusal, rolls = refused(window, starts, ends)
  if refusal then
    return refusal
  end
  local quota = P .. 'quota:' .. member .. ':' .. window
  local used = redis.call('HMGET', quota, 'held', 'spent', 'pledged')
  local own = math.max(0, tonumber(ARGV[11]) - tonumber(used[1] or 0) - tonumber(used[2] or 0) - tonumber(used[3] or 0))
  local sources, left = live(P .. 'lots:' .. member)
  sources[#sources + 1] = { id = 'w', left = own, expires = ends }
  table.sort(sources, earlier)
  if amount > left + own then
    return { 'balance', whole(left + own) }
  end
  for _, source in ipairs(sources) do
    expires[source.id] = source.expires
  end
  draws = drawn(sources, amount)
end
if count + #draws > tonumber(ARGV[13]) then
  return { 'full' }
end
if rolls then
  roll(window, starts, ends)
end
for _, draw in ipairs(draws) do
  local share = draw.id
  if member ~= '' and draw.id == 'w' then
    local quota = P .. 'quota:' .. member .. ':' .. window
    redis.call('HINCRBY', quota, 'pledged', whole(draw.n))
    redis.call('PEXPIREAT', quota, whole(ends + tonumber(ARGV[12]) * 1000))
    -- A promise of this window's allowance outlives the window: it was made in time.
    share, expires.w = member .. '/' .. window, 0
  elseif member ~= '' then
    change(P .. 'lots:' .. member, '', draw.id, -draw.n, 0, 0)
    share = member .. '/' .. draw.id
  end
  change(shares, '', share, draw.n, 0, expires[draw.id])
end
local line = note('kind', 'pledge', 'member', member, 'pot', pot, 'window', member ~= '' and window or '', 'credits', ARGV[7],
  'draws', packed(draws), 'by', ARGV[15])
if member ~= '' then
  tell(member, line, 'pledge', amount, '', '', pot, '', ARGV[4])
end
local _, sum = live(shares, true)
answer(ARGV[1], ARGV[2], whole(sum), ARGV[3])
return { 'done', whole(sum) }
