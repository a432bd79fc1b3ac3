/* A module for lua-check.lua: calls back into the program or library that loads it. */
#include "lauxlib.h"
#include "lua.h"

static int twice(lua_State *state) {
  lua_pushinteger(state, 2 * luaL_checkinteger(state, 1));
  return 1;
}

static int fail(lua_State *state) { return luaL_error(state, "from C: %s", luaL_checkstring(state, 1)); }

static int apply(lua_State *state) {
  lua_call(state, lua_gettop(state) - 1, LUA_MULTRET);
  return lua_gettop(state);
}

int luaopen_checkmodule(lua_State *state) {
  static const luaL_Reg functions[] = {{"twice", twice}, {"fail", fail}, {"apply", apply}, {NULL, NULL}};
  luaL_newlib(state, functions);
  return 1;
}
