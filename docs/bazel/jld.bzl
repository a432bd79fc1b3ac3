"""Programs that jld links."""

# Where Debian and Ubuntu have the C library (libc6-dev, gcc-multilib).
_SYSTEMS = {
    "amd64": struct(
        emulation = "elf_x86_64",
        libraries = "/usr/lib/x86_64-linux-gnu",
        loader = "/lib64/ld-linux-x86-64.so.2",
    ),
    "x86": struct(
        emulation = "elf_i386",
        libraries = "/usr/lib32",
        loader = "/lib/ld-linux.so.2",
    ),
}

def _jld_binary_impl(ctx):
    system = _SYSTEMS[ctx.attr.arch]
    output = ctx.actions.declare_file(ctx.label.name)

    # One argument a line: Bazel reads this file for a worker, and jld reads it where there is none.
    args = ctx.actions.args()
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    args.add_all(["-pie", "-m", system.emulation, "-dynamic-linker", system.loader, "--eh-frame-hdr"])
    args.add("-o", output)
    args.add_all(["Scrt1.o", "crti.o"], format_each = system.libraries + "/%s")
    args.add_all(ctx.files.srcs)
    args.add_all(ctx.attr.linkopts)
    args.add_all(["-L" + system.libraries, "-lc", system.libraries + "/crtn.o"])

    ctx.actions.run(
        executable = ctx.executable._jld,
        arguments = [args],
        inputs = ctx.files.srcs,
        tools = ctx.files._files,
        outputs = [output],
        mnemonic = "JldLink",
        progress_message = "Linking %s with jld" % ctx.label,
        use_default_shell_env = True,
        execution_requirements = {
            "requires-worker-protocol": "json",  # "proto" does as well
            "supports-multiplex-sandboxing": "1",
            "supports-multiplex-workers": "1",
            "supports-worker-cancellation": "1",
            "supports-workers": "1",
        },
    )
    return [DefaultInfo(files = depset([output]), executable = output)]

jld_binary = rule(
    implementation = _jld_binary_impl,
    doc = "A program in C from objects and archives.",
    executable = True,
    attrs = {
        "arch": attr.string(default = "amd64", values = _SYSTEMS.keys()),
        "linkopts": attr.string_list(doc = "Of the linker itself: no -Wl."),
        "srcs": attr.label_list(allow_files = [".o", ".a"]),
        "_files": attr.label(default = "@jld//:files", cfg = "exec"),
        "_jld": attr.label(default = "@jld//:bin/jld", allow_single_file = True, executable = True, cfg = "exec"),
    },
)
