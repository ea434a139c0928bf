global _start

section .data
text:   db "Grüße, мир, 你好, 🌍", 10
length: equ $ - text

section .bss
line:   resb 256

section .text
_start:
    mov eax, 1                  ; write(1, text, length)
    mov edi, 1
    lea rsi, [rel text]
    mov edx, length
    syscall
    xor eax, eax                ; read(0, line, 256)
    xor edi, edi
    lea rsi, [rel line]
    mov edx, 256
    syscall
    mov edx, eax                ; write(1, line, what was read)
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60                 ; exit(0)
    xor edi, edi
    syscall
