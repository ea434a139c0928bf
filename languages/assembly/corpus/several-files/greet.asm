global greet, print
extern hello

section .text
greet:                          ; rdi: name, rsi: its length
    push rsi
    push rdi
    lea rsi, [rel hello]
    mov edx, 7
    call print
    pop rsi
    pop rdx
    call print
    lea rsi, [rel mark]
    mov edx, 2
print:                          ; write(1, rsi, edx)
    mov eax, 1
    mov edi, 1
    syscall
    ret

section .data
mark:   db "!", 10
