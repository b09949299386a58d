#include <lauxlib.h>
#include <lua.h>
#include <luajit.h>
#include <lualib.h>
#include <string.h>
#include <time.h>

// Lua raises errors by leaping over the frames between it and the call that catches them, which Swift's frames must
// never be part of. So Lua calls the C functions below; they call Swift, which never calls Lua back, and hand its
// results over once it has returned.

// An argument of a call, as Swift sees it. Its bytes are Lua's and valid during the call.
typedef struct {
    int kind;  // LUA_TNIL, LUA_TBOOLEAN, LUA_TNUMBER, LUA_TSTRING; of others only the kind is told
    int truth;
    double number;
    const char *bytes;
    size_t count;
} gibbon_argument;

// One state and what it may use.
typedef struct gibbon_host {
    // Swift's object, and the function that is called for it. The result is valid until the next call.
    void *context;
    void (*call)(
        void *context, int function, const gibbon_argument *arguments, int count, const char **result,
        size_t *result_count);
    lua_Alloc allocate;
    void *allocate_context;
    // Bytes in use and the most there may be.
    size_t used;
    size_t limit;
    // The most time that a run may take, and when this one must have ended, in nanoseconds of the thread's processor
    // time: what other programs take does not count.
    long long run_limit;
    long long run_end;
    int ran_out;
} gibbon_host;

enum { GIBBON_ARGUMENTS = 200, GIBBON_SLICE = 5000 };

static inline long long gibbon_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

// Puts the values that Swift wrote onto the stack: each a letter and what it stands for.
static inline int gibbon_push(lua_State *L, const char *place, const char *end) {
    int base = lua_gettop(L);
    unsigned int count;
    double number;
    while (place < end) {
        luaL_checkstack(L, 4, "too many results");
        switch (*place++) {
        case 'n': lua_pushnil(L); break;
        case 't': lua_pushboolean(L, 1); break;
        case 'f': lua_pushboolean(L, 0); break;
        case 'd':
            memcpy(&number, place, sizeof number);
            place += sizeof number;
            lua_pushnumber(L, number);
            break;
        case 's':
            memcpy(&count, place, sizeof count);
            place += sizeof count;
            lua_pushlstring(L, place, count);
            place += count;
            break;
        case 'T': lua_createtable(L, 0, 0); break;
        case 'a': lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1); break;
        case 'k': lua_rawset(L, -3); break;
        default: return luaL_error(L, "a result could not be read");
        }
    }
    return lua_gettop(L) - base;
}

// host(function, ...) in Lua.
static inline int gibbon_call(lua_State *L) {
    gibbon_host *host = (gibbon_host *)lua_touserdata(L, lua_upvalueindex(1));
    gibbon_argument arguments[GIBBON_ARGUMENTS];
    const char *result = 0;
    size_t result_count = 0;
    int count = lua_gettop(L) - 1;
    int index;
    if (count < 0 || lua_type(L, 1) != LUA_TNUMBER) return luaL_error(L, "no such function");
    if (count > GIBBON_ARGUMENTS) return luaL_error(L, "too many values");
    for (index = 0; index < count; index++) {
        gibbon_argument *argument = &arguments[index];
        memset(argument, 0, sizeof *argument);
        argument->kind = lua_type(L, index + 2);
        switch (argument->kind) {
        case LUA_TBOOLEAN: argument->truth = lua_toboolean(L, index + 2); break;
        case LUA_TNUMBER: argument->number = lua_tonumber(L, index + 2); break;
        case LUA_TSTRING: argument->bytes = lua_tolstring(L, index + 2, &argument->count); break;
        default: break;
        }
    }
    host->call(host->context, (int)lua_tointeger(L, 1), arguments, count, &result, &result_count);
    return gibbon_push(L, result, result + result_count);
}

static inline void *gibbon_allocate(void *context, void *block, size_t old_size, size_t new_size) {
    gibbon_host *host = (gibbon_host *)context;
    void *made;
    if (!block) old_size = 0;
    if (new_size > old_size && host->used + (new_size - old_size) > host->limit) return 0;
    made = host->allocate(host->allocate_context, block, old_size, new_size);
    if (made || new_size == 0) host->used = host->used + new_size - old_size;
    return made;
}

// Called after each slice of instructions. Once the time is up, every instruction raises the error again, so that no
// pcall of the function's own can go on.
static inline void gibbon_hook(lua_State *L, lua_Debug *record) {
    void *context;
    gibbon_host *host;
    (void)record;
    lua_getallocf(L, &context);
    host = (gibbon_host *)context;
    if (!host->ran_out && gibbon_now() < host->run_end) return;
    host->ran_out = 1;
    lua_sethook(L, gibbon_hook, LUA_MASKCOUNT, 1);
    luaL_error(L, "it ran for too long and was stopped");
}

// Libraries, and the function that Lua's side calls Swift with, as the global `host`; ngx.null as `null`.
static inline int gibbon_prepare(lua_State *L) {
    void *host = lua_touserdata(L, 1);
    luaL_openlibs(L);
    // Compiled code would not count its instructions. The libraries turn the compiler on, so this comes after them.
    luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    lua_pushlightuserdata(L, host);
    lua_pushcclosure(L, gibbon_call, 1);
    lua_setglobal(L, "host");
    lua_pushlightuserdata(L, 0);
    lua_setglobal(L, "null");
    return 0;
}

// A state that allocates and calls through `host`, whose other members are set; null where there is no memory.
static inline lua_State *gibbon_open(gibbon_host *host) {
    lua_State *L = luaL_newstate();
    if (!L) return 0;
    host->allocate = lua_getallocf(L, &host->allocate_context);
    host->used = (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024;
    lua_setallocf(L, gibbon_allocate, host);
    if (lua_cpcall(L, gibbon_prepare, host) == 0) return L;
    lua_setallocf(L, host->allocate, host->allocate_context);
    lua_close(L);
    return 0;
}

static inline void gibbon_close(lua_State *L, gibbon_host *host) {
    lua_sethook(L, 0, 0, 0);
    lua_setallocf(L, host->allocate, host->allocate_context);
    lua_close(L);
}

// Runs the function at `reference` of the registry with a number. 0, or Lua's number of an error, whose message is
// on the stack then.
static inline int gibbon_run(lua_State *L, gibbon_host *host, int reference, double number) {
    int status;
    lua_settop(L, 0);
    host->ran_out = 0;
    host->run_end = gibbon_now() + host->run_limit;
    lua_sethook(L, gibbon_hook, LUA_MASKCOUNT, GIBBON_SLICE);
    lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
    lua_pushnumber(L, number);
    status = lua_pcall(L, 1, 1, 0);
    lua_sethook(L, 0, 0, 0);
    return status;
}
