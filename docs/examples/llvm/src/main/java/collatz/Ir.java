package collatz;

import static org.bytedeco.llvm.global.LLVM.LLVMAddFunction;
import static org.bytedeco.llvm.global.LLVM.LLVMAddIncoming;
import static org.bytedeco.llvm.global.LLVM.LLVMAppendBasicBlockInContext;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildAShr;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildAdd;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildAnd;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildBr;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildCall2;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildCondBr;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildGEP2;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildGlobalStringPtr;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildICmp;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildLoad2;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildMul;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildPhi;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildRet;
import static org.bytedeco.llvm.global.LLVM.LLVMBuildSelect;
import static org.bytedeco.llvm.global.LLVM.LLVMConstInt;
import static org.bytedeco.llvm.global.LLVM.LLVMCreateBuilderInContext;
import static org.bytedeco.llvm.global.LLVM.LLVMDisposeBuilder;
import static org.bytedeco.llvm.global.LLVM.LLVMFunctionType;
import static org.bytedeco.llvm.global.LLVM.LLVMGetParam;
import static org.bytedeco.llvm.global.LLVM.LLVMInt32TypeInContext;
import static org.bytedeco.llvm.global.LLVM.LLVMIntEQ;
import static org.bytedeco.llvm.global.LLVM.LLVMIntSGT;
import static org.bytedeco.llvm.global.LLVM.LLVMIntSLT;
import static org.bytedeco.llvm.global.LLVM.LLVMModuleCreateWithNameInContext;
import static org.bytedeco.llvm.global.LLVM.LLVMPointerTypeInContext;
import static org.bytedeco.llvm.global.LLVM.LLVMPositionBuilderAtEnd;

import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.llvm.LLVM.LLVMBasicBlockRef;
import org.bytedeco.llvm.LLVM.LLVMBuilderRef;
import org.bytedeco.llvm.LLVM.LLVMContextRef;
import org.bytedeco.llvm.LLVM.LLVMModuleRef;
import org.bytedeco.llvm.LLVM.LLVMTypeRef;
import org.bytedeco.llvm.LLVM.LLVMValueRef;

/**
 * The program, in LLVM's intermediate representation. In C it would be
 *
 * <pre>
 * int steps(int n) {
 *   int count = 0;
 *   while (n &gt; 1) {
 *     n = n &amp; 1 ? 3 * n + 1 : n &gt;&gt; 1;
 *     count++;
 *   }
 *   return count;
 * }
 *
 * int main(int argc, char **argv) {
 *   for (int i = 1; i &lt; argc; i++)
 *     printf("%s: %d steps\n", argv[i], steps(atoi(argv[i])));
 *   return 0;
 * }
 * </pre>
 */
final class Ir {
  private final LLVMContextRef context;
  private final LLVMModuleRef module;
  private final LLVMBuilderRef builder;
  private final LLVMTypeRef i32;
  private final LLVMTypeRef address;

  private Ir(LLVMContextRef context) {
    this.context = context;
    module = LLVMModuleCreateWithNameInContext("collatz", context);
    builder = LLVMCreateBuilderInContext(context);
    i32 = LLVMInt32TypeInContext(context);
    address = LLVMPointerTypeInContext(context, 0);
  }

  static LLVMModuleRef module(LLVMContextRef context) {
    Ir ir = new Ir(context);
    Function steps = ir.function("steps", false, ir.i32);
    ir.steps(steps);
    ir.main(steps);
    LLVMDisposeBuilder(ir.builder);
    return ir.module;
  }

  /** A function and its type, which calls have to name. */
  private record Function(LLVMTypeRef type, LLVMValueRef value) {}

  private Function function(String name, boolean variadic, LLVMTypeRef... parameters) {
    LLVMTypeRef type =
        LLVMFunctionType(
            i32, new PointerPointer<>(parameters), parameters.length, variadic ? 1 : 0);
    return new Function(type, LLVMAddFunction(module, name, type));
  }

  private void steps(Function f) {
    LLVMBasicBlockRef entry = block(f, "entry");
    LLVMBasicBlockRef test = block(f, "test");
    LLVMBasicBlockRef step = block(f, "step");
    LLVMBasicBlockRef done = block(f, "done");
    LLVMBuildBr(builder, test);

    begin(test);
    LLVMValueRef n = LLVMBuildPhi(builder, i32, "n");
    LLVMValueRef count = LLVMBuildPhi(builder, i32, "count");
    LLVMValueRef isMore = LLVMBuildICmp(builder, LLVMIntSGT, n, number(1), "isMore");
    LLVMBuildCondBr(builder, isMore, step, done);

    begin(step);
    LLVMValueRef bit = LLVMBuildAnd(builder, n, number(1), "bit");
    LLVMValueRef isEven = LLVMBuildICmp(builder, LLVMIntEQ, bit, number(0), "isEven");
    LLVMValueRef half = LLVMBuildAShr(builder, n, number(1), "half");
    LLVMValueRef triple = LLVMBuildMul(builder, n, number(3), "triple");
    LLVMValueRef more = LLVMBuildAdd(builder, triple, number(1), "more");
    LLVMValueRef next = LLVMBuildSelect(builder, isEven, half, more, "next");
    LLVMValueRef counted = LLVMBuildAdd(builder, count, number(1), "counted");
    LLVMBuildBr(builder, test);
    merge(n, LLVMGetParam(f.value(), 0), entry, next, step);
    merge(count, number(0), entry, counted, step);

    begin(done);
    LLVMBuildRet(builder, count);
  }

  private void main(Function steps) {
    Function printf = function("printf", true, address);
    Function atoi = function("atoi", false, address);
    Function f = function("main", false, i32, address);
    LLVMBasicBlockRef entry = block(f, "entry");
    LLVMBasicBlockRef test = block(f, "test");
    LLVMBasicBlockRef body = block(f, "body");
    LLVMBasicBlockRef done = block(f, "done");
    LLVMValueRef format = LLVMBuildGlobalStringPtr(builder, "%s: %d steps\n", "format");
    LLVMBuildBr(builder, test);

    begin(test);
    LLVMValueRef i = LLVMBuildPhi(builder, i32, "i");
    LLVMValueRef isIn = LLVMBuildICmp(builder, LLVMIntSLT, i, LLVMGetParam(f.value(), 0), "isIn");
    LLVMBuildCondBr(builder, isIn, body, done);

    begin(body);
    LLVMValueRef[] index = {i};
    LLVMValueRef place =
        LLVMBuildGEP2(
            builder, address, LLVMGetParam(f.value(), 1), new PointerPointer<>(index), 1, "place");
    LLVMValueRef text = LLVMBuildLoad2(builder, address, place, "text");
    LLVMValueRef count = call(steps, call(atoi, text));
    call(printf, format, text, count);
    LLVMValueRef next = LLVMBuildAdd(builder, i, number(1), "next");
    LLVMBuildBr(builder, test);
    merge(i, number(1), entry, next, body);

    begin(done);
    LLVMBuildRet(builder, number(0));
  }

  /** The first block of a function is where building begins. */
  private LLVMBasicBlockRef block(Function f, String name) {
    LLVMBasicBlockRef b = LLVMAppendBasicBlockInContext(context, f.value(), name);
    if (name.equals("entry")) {
      begin(b);
    }
    return b;
  }

  private void begin(LLVMBasicBlockRef block) {
    LLVMPositionBuilderAtEnd(builder, block);
  }

  private LLVMValueRef number(int n) {
    return LLVMConstInt(i32, n, 1);
  }

  private LLVMValueRef call(Function f, LLVMValueRef... arguments) {
    return LLVMBuildCall2(
        builder, f.type(), f.value(), new PointerPointer<>(arguments), arguments.length, "");
  }

  /** A value that depends on the block it comes from. */
  private static void merge(
      LLVMValueRef phi,
      LLVMValueRef first,
      LLVMBasicBlockRef firstFrom,
      LLVMValueRef second,
      LLVMBasicBlockRef secondFrom) {
    LLVMAddIncoming(
        phi, new PointerPointer<>(first, second), new PointerPointer<>(firstFrom, secondFrom), 2);
  }
}
