-- Notes a deed on the trail, once.
-- KEYS  1 trail  2 whether it was noted
-- ARGV  1 how many deeds the trail keeps  2 TTL s of what was noted  3.. the deed: its fields and values in turn
-- RETURNS  1 | 0, when it was noted before
if not redis.call('SET', KEYS[2], '1', 'EX', ARGV[2], 'NX') then
  return 0
end
redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[1], '*', unpack(ARGV, 3))
return 1
