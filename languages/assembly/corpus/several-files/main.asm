%include "names.inc"

global _start
extern greet, shout

section .text
_start:
    lea rdi, [rel name]
    mov esi, name_length
    call greet
    lea rdi, [rel name]
    mov esi, name_length
    call shout
    call greet
    mov eax, 60                 ; exit(0)
    xor edi, edi
    syscall

section .data
name:   db NAME
name_length: equ $ - name
