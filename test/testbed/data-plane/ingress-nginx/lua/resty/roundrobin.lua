-- Stands in for the part of lua-resty-balancer that ingress-nginx uses by default: nodes in turn, from one drawn at
-- random, so that the workers do not all begin with the same. A node of weight 2 comes twice.
local _M = {}
_M.__index = _M

local function turns_of(nodes)
  local turns = {}
  for id, weight in pairs(nodes) do
    for _ = 1, weight do turns[#turns + 1] = id end
  end
  return turns
end

function _M.new(_, nodes)
  local self = setmetatable({}, _M)
  self:reinit(nodes)
  return self
end

function _M.reinit(self, nodes)
  self.nodes = nodes
  self.turns = turns_of(nodes)
  self.last = math.random(math.max(#self.turns, 1))
end

function _M.find(self)
  if #self.turns == 0 then return nil end
  self.last = self.last % #self.turns + 1
  return self.turns[self.last]
end

return _M
