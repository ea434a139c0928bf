global _start

section .data
text:   db "before", 10
length: equ $ - text

section .text
_start:
    mov eax, 1                  ; write(1, text, length)
    mov edi, 1
    lea rsi, [rel text]
    mov edx, length
    syscall
    mov eax, 60                 ; exit(3)
    mov edi, 3
    syscall
