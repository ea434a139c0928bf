global _start

section .data
prefix: db "0: "

section .bss
char:   resb 1

section .text
_start:
    mov r12d, 1                 ; at the start of a line
.next:
    xor eax, eax                ; read(0, char, 1)
    xor edi, edi
    lea rsi, [rel char]
    mov edx, 1
    syscall
    cmp eax, 1
    jne .end
    test r12d, r12d
    jz .upper
    inc byte [rel prefix]
    lea rsi, [rel prefix]
    mov edx, 3
    call print
    xor r12d, r12d
.upper:
    mov al, [rel char]
    cmp al, 'a'
    jb .show
    cmp al, 'z'
    ja .show
    sub byte [rel char], 32
.show:
    cmp al, 10
    sete r12b
    lea rsi, [rel char]
    mov edx, 1
    call print
    jmp .next
.end:
    test r12d, r12d
    jnz .exit
    mov byte [rel char], 10
    lea rsi, [rel char]
    mov edx, 1
    call print
.exit:
    mov eax, 60                 ; exit(0)
    xor edi, edi
    syscall

print:                          ; write(1, rsi, edx)
    mov eax, 1
    mov edi, 1
    syscall
    ret
