package collatz;

import static org.bytedeco.llvm.global.LLVM.LLVMCodeGenLevelDefault;
import static org.bytedeco.llvm.global.LLVM.LLVMCodeModelDefault;
import static org.bytedeco.llvm.global.LLVM.LLVMContextCreate;
import static org.bytedeco.llvm.global.LLVM.LLVMContextDispose;
import static org.bytedeco.llvm.global.LLVM.LLVMCreatePassBuilderOptions;
import static org.bytedeco.llvm.global.LLVM.LLVMCreateTargetDataLayout;
import static org.bytedeco.llvm.global.LLVM.LLVMCreateTargetMachine;
import static org.bytedeco.llvm.global.LLVM.LLVMDisposeMemoryBuffer;
import static org.bytedeco.llvm.global.LLVM.LLVMDisposePassBuilderOptions;
import static org.bytedeco.llvm.global.LLVM.LLVMDisposeTargetData;
import static org.bytedeco.llvm.global.LLVM.LLVMDisposeTargetMachine;
import static org.bytedeco.llvm.global.LLVM.LLVMGetBufferSize;
import static org.bytedeco.llvm.global.LLVM.LLVMGetBufferStart;
import static org.bytedeco.llvm.global.LLVM.LLVMGetErrorMessage;
import static org.bytedeco.llvm.global.LLVM.LLVMGetTargetFromTriple;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeX86AsmParser;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeX86AsmPrinter;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeX86Target;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeX86TargetInfo;
import static org.bytedeco.llvm.global.LLVM.LLVMInitializeX86TargetMC;
import static org.bytedeco.llvm.global.LLVM.LLVMModuleCreateWithNameInContext;
import static org.bytedeco.llvm.global.LLVM.LLVMObjectFile;
import static org.bytedeco.llvm.global.LLVM.LLVMRelocPIC;
import static org.bytedeco.llvm.global.LLVM.LLVMRelocStatic;
import static org.bytedeco.llvm.global.LLVM.LLVMReturnStatusAction;
import static org.bytedeco.llvm.global.LLVM.LLVMRunPasses;
import static org.bytedeco.llvm.global.LLVM.LLVMSetModuleDataLayout;
import static org.bytedeco.llvm.global.LLVM.LLVMSetModuleInlineAsm2;
import static org.bytedeco.llvm.global.LLVM.LLVMSetTarget;
import static org.bytedeco.llvm.global.LLVM.LLVMTargetMachineEmitToMemoryBuffer;
import static org.bytedeco.llvm.global.LLVM.LLVMVerifyModule;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.llvm.LLVM.LLVMContextRef;
import org.bytedeco.llvm.LLVM.LLVMErrorRef;
import org.bytedeco.llvm.LLVM.LLVMMemoryBufferRef;
import org.bytedeco.llvm.LLVM.LLVMModuleRef;
import org.bytedeco.llvm.LLVM.LLVMPassBuilderOptionsRef;
import org.bytedeco.llvm.LLVM.LLVMTargetDataRef;
import org.bytedeco.llvm.LLVM.LLVMTargetMachineRef;
import org.bytedeco.llvm.LLVM.LLVMTargetRef;

/** Makes objects of modules, in LLVM's memory, where the linker reads them: nothing is copied. */
final class Objects implements AutoCloseable {
  private final Target target;
  private final LLVMContextRef context = LLVMContextCreate();
  private final LLVMTargetMachineRef machine;
  private final List<LLVMMemoryBufferRef> buffers = new ArrayList<>();

  Objects(Target target) {
    this.target = target;
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeX86AsmParser();
    LLVMTargetRef found = new LLVMTargetRef();
    BytePointer error = new BytePointer((Pointer) null);
    check(LLVMGetTargetFromTriple(new BytePointer(target.triple), found, error), error);
    // amd64's program can be at any address, i386's is at a fixed one.
    int relocation = target == Target.AMD64 ? LLVMRelocPIC : LLVMRelocStatic;
    machine =
        LLVMCreateTargetMachine(
            found,
            target.triple,
            target.cpu,
            "",
            LLVMCodeGenLevelDefault,
            relocation,
            LLVMCodeModelDefault);
  }

  LLVMContextRef context() {
    return context;
  }

  /** The object of {@code _start}, by LLVM's assembler. */
  MemorySegment start() {
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("start", context);
    LLVMSetModuleInlineAsm2(module, target.start, target.start.length());
    return object(module);
  }

  /**
   * The module's object, optimized.
   *
   * @return memory that is there until this is closed
   */
  MemorySegment object(LLVMModuleRef module) {
    BytePointer error = new BytePointer((Pointer) null);
    check(LLVMVerifyModule(module, LLVMReturnStatusAction, error), error);
    LLVMSetTarget(module, target.triple);
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
    LLVMSetModuleDataLayout(module, layout);
    LLVMDisposeTargetData(layout);

    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef failed = LLVMRunPasses(module, "default<O2>", machine, options);
    LLVMDisposePassBuilderOptions(options);
    if (failed != null && !failed.isNull()) {
      throw new IllegalStateException(LLVMGetErrorMessage(failed).getString());
    }

    PointerPointer<LLVMMemoryBufferRef> out = new PointerPointer<>(1);
    check(LLVMTargetMachineEmitToMemoryBuffer(machine, module, LLVMObjectFile, error, out), error);
    LLVMMemoryBufferRef buffer = out.get(LLVMMemoryBufferRef.class);
    buffers.add(buffer);
    return MemorySegment.ofAddress(LLVMGetBufferStart(buffer).address())
        .reinterpret(LLVMGetBufferSize(buffer))
        .asReadOnly();
  }

  private static void check(int failed, BytePointer error) {
    if (failed != 0) {
      throw new IllegalStateException(error.getString());
    }
  }

  @Override
  public void close() {
    buffers.forEach(b -> LLVMDisposeMemoryBuffer(b));
    LLVMDisposeTargetMachine(machine);
    LLVMContextDispose(context); // and its modules
  }
}
