-- WITH draws funds
-- Puts right what a member has used of the present window: less, or more. Never below nothing.
-- KEYS  1 the space's keys, without the name
-- ARGV  1 call, as a key's name  2 digest  3 call TTL s  4 lines TTL s  5 member  6 credits, below 0 to give back  7 window  8 its start ms
--       9 its end ms  10 quota TTL s past the window's end  11 by  12 why
-- RETURNS  {'repeated', digest, answer} | {'window', …} | {'short', what is spent} | {'done', what is spent now}
local before = answered(ARGV[1])
if before then
  return before
end
local refusal, rolls = refused(ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]))
if refusal then
  return refusal
end
local quota = P .. 'quota:' .. ARGV[5] .. ':' .. ARGV[7]
local spent = tonumber(redis.call('HGET', quota, 'spent') or 0)
local credits = tonumber(ARGV[6])
if spent + credits < 0 then
  return { 'short', whole(spent) }
end
if rolls then
  roll(ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9]))
end
redis.call('HINCRBY', quota, 'spent', ARGV[6])
redis.call('PEXPIREAT', quota, whole(tonumber(ARGV[9]) + tonumber(ARGV[10]) * 1000))
local line = note('kind', 'correct', 'member', ARGV[5], 'window', ARGV[7], 'credits', ARGV[6], 'by', ARGV[11], 'why', ARGV[12])
tell(ARGV[5], line, 'correct', credits, '', ARGV[7], ARGV[11], ARGV[12], ARGV[4])
answer(ARGV[1], ARGV[2], whole(spent + credits), ARGV[3])
return { 'done', whole(spent + credits) }
