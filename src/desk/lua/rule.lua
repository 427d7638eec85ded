-- Replaces a rule of a space, if it still is what was seen, and notes it on the trail. The same call again changes nothing, whatever it is by now.
-- KEYS  1 policy  2 trail  3 whether the call did it
-- ARGV  1 whom it is for  2 what was seen, empty for none  3 the rule, empty for none  4 how many rules there may be
--       5 how many deeds the trail keeps  6 who  7 why  8 call TTL s
-- RETURNS  'done' | 'repeated' | 'changed', when it is another by now | 'many'
if redis.call('EXISTS', KEYS[3]) == 1 then
  return 'repeated'
end
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
-- What it is already needs no second note: the same call may come again.
if before == ARGV[3] then
  return 'done'
end
if before ~= ARGV[2] then
  return 'changed'
end
if before == '' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  return 'many'
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
local fields = { 'who', ARGV[6], 'what', 'policy', 'about', ARGV[1], 'before', before, 'after', ARGV[3] }
if ARGV[7] ~= '' then
  fields[#fields + 1] = 'why'
  fields[#fields + 1] = ARGV[7]
end
redis.call('SET', KEYS[3], '1', 'EX', ARGV[8])
redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[5], '*', unpack(fields))
return 'done'
