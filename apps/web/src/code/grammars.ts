import type { Grammar } from './grammar';

const words = (text: string) => text.trim().split(/\s+/);

/** Languages of ours that the editor has no grammar for. Enough to read by, not to parse by. */
export const GRAMMARS: readonly Grammar[] = [
  {
    id: 'ada',
    line: '--',
    quotes: ['"'],
    ignoresCase: true,
    keywords:
      words(`abort abs abstract accept access aliased all and array at begin body case constant declare delay delta
      digits do else elsif end entry exception exit for function generic goto if in interface is limited loop mod new not null of
      or others out overriding package parallel pragma private procedure protected raise range record rem renames requeue return
      reverse select separate some subtype synchronized tagged task terminate then type until use when while with xor`),
    types: words('boolean character duration float integer natural positive string'),
    first: [[/'.'/, 'string']],
  },
  {
    id: 'assembly',
    line: ';',
    quotes: ['"', "'", '`'],
    ignoresCase: true,
    word: /[a-zA-Z_.$@][\w.$@]*/,
    keywords:
      words(`section segment global extern default rel bits db dw dd dq dt resb resw resd resq equ times align %define
      %macro %endmacro mov movzx movsx movsxd lea push pop add sub mul imul div idiv inc dec neg and or xor not shl shr sal sar rol
      ror cmp test jmp je jne jz jnz jg jge jl jle ja jae jb jbe jc jnc js jns jo jno call ret leave enter syscall int nop loop
      rep repe repne movsb movsq stosb stosq lodsb scasb cmpsb cqo cdq xchg sete setne setl setg cmove cmovne`),
    types:
      words(`rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 eax ebx ecx edx esi edi ebp esp ax bx cx dx al
      bl cl dl ah bh ch dh sil dil xmm0 xmm1 xmm2 xmm3 byte word dword qword`),
  },
  {
    id: 'awk',
    line: '#',
    quotes: ['"'],
    keywords:
      words(`BEGIN END BEGINFILE ENDFILE function if else while for do break continue next nextfile exit return delete in
      getline print printf switch case default`),
    types:
      words(`NR NF FS OFS ORS RS FNR FILENAME SUBSEP RSTART RLENGTH ENVIRON ARGC ARGV length substr index split sub gsub
      gensub match sprintf tolower toupper sin cos atan2 exp log sqrt int rand srand system asort asorti strftime systime`),
  },
  {
    id: 'cobol',
    line: '*>',
    quotes: ['"', "'"],
    ignoresCase: true,
    word: /[a-zA-Z][\w-]*/,
    keywords:
      words(`identification environment data procedure division section program-id working-storage linkage file
      input-output file-control select assign organization sequential is are pic picture value values occurs times redefines usage
      comp binary display accept move to add subtract multiply divide compute by giving from into if else end-if evaluate when
      other end-evaluate perform until varying thru through end-perform call using returning stop run goback exit not and or
      equal greater less than string unstring delimited size inspect tallying replacing open read write close at end end-read
      initialize set function spaces zeros zero`),
    first: [[/^.{6}\*.*$/, 'comment']],
  },
  {
    id: 'commonlisp',
    line: ';',
    block: ['#|', '|#'],
    quotes: ['"'],
    ignoresCase: true,
    word: /[a-zA-Z+*/<>=!?$%&_~^:-][\w+*/<>=!?$%&~^:.-]*/,
    keywords:
      words(`defun defvar defparameter defconstant defmacro defclass defmethod defgeneric defstruct deftype defpackage
      in-package let let* flet labels lambda if when unless cond case typecase ecase progn prog1 do do* dolist dotimes loop for in
      across from to below by collect sum count append while until finally return return-from block tagbody go setf setq incf decf
      push pop multiple-value-bind destructuring-bind handler-case handler-bind unwind-protect declare ignore function quote and or
      not t nil`),
    types:
      words(`car cdr cons list first rest second third nth length mapcar mapc reduce remove-if remove-if-not sort format
      print princ terpri read read-line concatenate make-array aref gethash make-hash-table make-instance funcall apply`),
  },
  {
    id: 'crystal',
    line: '#',
    quotes: ['"'],
    keywords:
      words(`abstract alias annotation as asm begin break case class def do else elsif end ensure enum extend false for
      fun if in include instance_sizeof is_a? lib macro module next nil nil? of out pointerof private protected require rescue
      return select self sizeof struct super then true type typeof uninitialized union unless until when while with yield puts
      print p gets`),
    first: [
      [/[A-Z]\w*/, 'type'],
      [/@{1,2}[a-z_]\w*/, 'variable'],
      [/:[a-z_]\w*/, 'number'],
      [/'\\?.'/, 'string'],
    ],
  },
  {
    id: 'd',
    line: '//',
    block: ['/*', '*/'],
    quotes: ['"', '`'],
    keywords:
      words(`abstract alias align asm assert auto body break case cast catch class const continue debug default delegate
      delete deprecated do else enum export extern false final finally for foreach foreach_reverse function goto if immutable
      import in inout interface invariant is lazy mixin module new nothrow null out override package pragma private protected public
      pure ref return scope shared static struct super switch synchronized template this throw true try typeid typeof union
      unittest version while with`),
    types: words(
      'bool byte cdouble char dchar double float int long real short string dstring wstring size_t ubyte uint ulong ushort void wchar',
    ),
    first: [[/'(?:\\.|[^'\\])'/, 'string']],
  },
  {
    id: 'erlang',
    line: '%',
    quotes: ['"'],
    keywords:
      words(`after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or
      orelse receive rem try when xor`),
    first: [
      [/^-\w+/, 'keyword.directive'],
      [/[A-Z_]\w*/, 'variable'],
      [/'[^']*'/, 'string'],
      [/\$\\?./, 'number'],
      [/[a-z]\w*(?=\()/, 'predefined'],
    ],
  },
  {
    id: 'fortran',
    line: '!',
    quotes: ['"', "'"],
    ignoresCase: true,
    keywords:
      words(`program module subroutine function end contains use only implicit none parameter dimension allocatable
      intent in out inout optional pointer target save public private interface procedure if then else elseif endif select case
      default do concurrent while enddo exit cycle stop return call result recursive pure elemental allocate deallocate where
      forall print write read open close format associate block type class extends abstract import data common and or not eq ne lt
      le gt ge true false`),
    types: words('integer real double precision complex character logical kind len'),
  },
  {
    id: 'haskell',
    line: '--',
    block: ['{-', '-}'],
    quotes: ['"'],
    word: /[a-z_][\w']*/,
    keywords:
      words(`case class data default deriving do else family forall foreign if import in infix infixl infixr instance let
      mdo module newtype of proc qualified rec then type where hiding as`),
    first: [
      [/[A-Z][\w']*/, 'type'],
      [/'(?:\\.[^']*|[^'\\])'/, 'string'],
    ],
  },
  {
    id: 'ocaml',
    block: ['(*', '*)'],
    quotes: ['"'],
    word: /[a-z_][\w']*/,
    keywords:
      words(`and as assert asr begin class constraint do done downto else end exception external false for fun function
      functor if in include inherit initializer land lazy let lor lsl lsr lxor match method mod module mutable new nonrec object of
      open or private rec sig struct then to true try type val virtual when while with`),
    types: words('int float string char bool unit list array option bytes ref'),
    first: [
      [/[A-Z][\w']*/, 'type'],
      [/'(?:\\.[^']*|[^'\\])'/, 'string'],
    ],
  },
  {
    id: 'octave',
    line: '%',
    quotes: ['"'],
    keywords:
      words(`break case catch continue do else elseif end end_try_catch end_unwind_protect endfor endfunction endif
      endswitch endwhile for function global if otherwise persistent return switch try until unwind_protect unwind_protect_cleanup
      while true false`),
    types: words(
      'printf disp fprintf sprintf zeros ones eye size numel length input num2str str2num cellfun arrayfun mod floor sum',
    ),
    first: [
      [/#.*$/, 'comment'],
      // Behind a value it transposes.
      [/(?<![\w)\]'.])'[^'\n]*'/, 'string'],
    ],
  },
  {
    id: 'prolog',
    line: '%',
    block: ['/*', '*/'],
    quotes: ['"'],
    keywords: words(
      'is mod rem div not true fail false halt dynamic module use_module initialization discontiguous',
    ),
    types:
      words(`write writeln print nl read format atom_length atom_chars number_codes append member length between findall bagof
      setof forall nth0 nth1 assert asserta assertz retract maplist foldl sumlist sum_list msort sort reverse`),
    first: [
      [/[A-Z_]\w*/, 'variable'],
      [/'(?:\\.|[^'\\])*'/, 'string'],
      [/:-|-->|\?-/, 'keyword'],
    ],
  },
  {
    id: 'raku',
    line: '#',
    quotes: ['"', "'"],
    word: /[a-zA-Z_][\w-]*/,
    keywords:
      words(`my our has sub method multi submethod class role grammar regex token rule module package unit use need if
      elsif else unless with without for while until loop repeat given when default return last next redo gather take do try
      CATCH die say print put note is does where constant enum subset and or not so xor`),
    types: words('Int Str Num Rat Bool Array Hash List Seq Any Mu Cool Real Nil True False'),
    first: [[/[$@%&][.!*^]?[a-zA-Z_][\w-]*/, 'variable']],
  },
  {
    id: 'vala',
    line: '//',
    block: ['/*', '*/'],
    quotes: ['"'],
    keywords:
      words(`abstract as async base break case catch class const construct continue default delegate delete do dynamic
      else ensures enum errordomain extern false finally for foreach get global if in inline interface internal is lock namespace
      new null out override owned params private protected public ref requires return set signal sizeof static struct super switch
      this throw throws true try typeof unowned using var virtual void volatile weak while yield`),
    types: words(
      'bool char double float int int8 int16 int32 int64 long short size_t string uchar uint uint8 uint32 uint64 ulong unichar',
    ),
    first: [[/'(?:\\.|[^'\\])'/, 'string']],
  },
];
