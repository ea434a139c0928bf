global _start

section .data
marks:  db "[]", 10

section .text
_start:
    mov r12, [rsp]              ; argc
    lea r13, [rsp + 8]          ; argv
.next:
    add r13, 8
    dec r12
    jz .exit
    lea rsi, [rel marks]
    mov edx, 1
    call print
    mov rsi, [r13]
    xor edx, edx
.length:
    cmp byte [rsi + rdx], 0
    je .text
    inc edx
    jmp .length
.text:
    call print
    lea rsi, [rel marks + 1]
    mov edx, 2
    call print
    jmp .next
.exit:
    mov eax, 60                 ; exit(0)
    xor edi, edi
    syscall

print:                          ; write(1, rsi, edx)
    mov eax, 1
    mov edi, 1
    syscall
    ret
