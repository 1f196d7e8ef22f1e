-- Stands in for lua-resty-cookie: reads a cookie of the request, and adds one to the answer.
local _M = {}
_M.__index = _M

function _M.new(_)
  return setmetatable({}, _M)
end

function _M.get(_, name)
  return ngx.var["cookie_" .. name]
end

function _M.set(_, cookie)
  local words = { cookie.key .. "=" .. cookie.value }
  local function add(name, value)
    if value then words[#words + 1] = value == true and name or name .. "=" .. value end
  end
  add("Expires", cookie.expires)
  add("Max-Age", cookie.max_age)
  add("Domain", cookie.domain)
  add("Path", cookie.path)
  add("Secure", cookie.secure)
  add("HttpOnly", cookie.httponly)
  add("SameSite", cookie.samesite)
  local before = ngx.header["Set-Cookie"] or {}
  if type(before) ~= "table" then before = { before } end
  local all = { unpack(before) }
  all[#all + 1] = table.concat(words, "; ")
  ngx.header["Set-Cookie"] = all
  return true
end

return _M
