-- What scripts of the ledger share: lots, shares of pots, and what is drawn from them. KEYS[1] is what the space's keys begin with.
-- A lot, and a share of a pot: left|held|expires ms, 0 for never. Draws: a source and an amount in turn, with blanks between; `w` is the window.
local P = KEYS[1]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

local function whole(n)
  return string.format('%.0f', n)
end

local function readLot(text)
  local left, held, expires = string.match(text or '0|0|0', '^(%d+)|(%d+)|(%d+)$')
  return tonumber(left), tonumber(held), tonumber(expires)
end

local function writeLot(key, id, left, held, expires)
  if left == 0 and held == 0 then
    redis.call('HDEL', key, id)
  else
    redis.call('HSET', key, id, whole(left) .. '|' .. whole(held) .. '|' .. whole(expires))
  end
end

-- What of a hash can be drawn now, and how much that is. Shares can be drawn after the time of what was pledged: it was pledged in time.
local function live(key, shares)
  local flat = redis.call('HGETALL', key)
  local found, sum = {}, 0
  for i = 1, #flat, 2 do
    local left, held, expires = readLot(flat[i + 1])
    if left > 0 and (shares or expires == 0 or expires > now) then
      found[#found + 1] = { id = flat[i], left = left, held = held, expires = expires }
      sum = sum + left
    end
  end
  return found, sum
end

local function earlier(one, other)
  local a, b = one.expires, other.expires
  if a == b then
    return one.id < other.id
  end
  return b == 0 or (a ~= 0 and a < b)
end

-- Draws an amount from sources in their order, and takes it off what they have left.
local function drawn(sources, amount)
  local draws = {}
  for _, source in ipairs(sources) do
    local part = math.min(source.left, amount)
    if part > 0 then
      source.left = source.left - part
      amount = amount - part
      draws[#draws + 1] = { id = source.id, n = part }
    end
  end
  return draws
end

-- Draws an amount from shares in proportion to what each has left, to the last credit: the largest remainders first, then by name.
local function prorated(shares, amount)
  table.sort(shares, function(one, other) return one.id < other.id end)
  local sum, given = 0, 0
  for _, share in ipairs(shares) do
    sum = sum + share.left
  end
  local order = {}
  for i, share in ipairs(shares) do
    local exact = amount * share.left
    share.part = math.floor(exact / sum)
    share.over = exact - share.part * sum
    given = given + share.part
    order[i] = share
  end
  table.sort(order, function(one, other)
    if one.over == other.over then
      return one.id < other.id
    end
    return one.over > other.over
  end)
  for i = 1, amount - given do
    order[i].part = order[i].part + 1
  end
  local draws = {}
  for _, share in ipairs(shares) do
    if share.part > 0 then
      share.left = share.left - share.part
      draws[#draws + 1] = { id = share.id, n = share.part }
    end
  end
  return draws
end

local function packed(draws)
  local words = {}
  for _, draw in ipairs(draws) do
    words[#words + 1] = draw.id
    words[#words + 1] = whole(draw.n)
  end
  return table.concat(words, ' ')
end

local function unpacked(text)
  local draws = {}
  for id, n in string.gmatch(text, '(%S+) (%d+)') do
    draws[#draws + 1] = { id = id, n = tonumber(n) }
  end
  return draws
end
