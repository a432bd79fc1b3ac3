# Lua as a static program, as a shared library with versions and a program that uses it, and a module that both load.
OBJECTS := $(patsubst %.c,%.o,$(filter-out lua.c luac.c,$(wildcard *.c)))
CFLAGS := -O1 -fPIC -std=gnu99 -DLUA_USE_LINUX -DLUA_COMPAT_5_3
IT := $(dir $(lastword $(MAKEFILE_LIST)))

all: lua lua-shared luac checkmodule.so

liblua5.4.so.0: $(OBJECTS)
	$(CC) -shared -Wl,-soname,$@ -Wl,--version-script=$(VERSIONS) -Wl,-z,defs -o $@ $(OBJECTS) -lm -ldl

lua-shared: lua.o liblua5.4.so.0
	$(CC) -o $@ lua.o liblua5.4.so.0 -lm

lua: lua.o $(OBJECTS)
	$(CC) -Wl,-E -o $@ lua.o $(OBJECTS) -lm -ldl

luac: luac.o $(OBJECTS)
	$(CC) -static -o $@ luac.o $(OBJECTS) -lm -ldl

checkmodule.so: $(IT)checkmodule.c
	$(CC) $(CFLAGS) -I. -shared -o $@ $<
