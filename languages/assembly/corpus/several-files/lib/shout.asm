global shout, hello

section .text
shout:                          ; rdi: text, rsi: its length; upper case from now on, like the greeting
    push rdi
    push rsi
    call upper
    lea rdi, [rel hello]
    mov esi, 7
    call upper
    pop rsi
    pop rdi
    ret

upper:
    cmp byte [rdi], 'a'
    jb .next
    sub byte [rdi], 32
.next:
    inc rdi
    dec esi
    jnz upper
    ret

section .data
hello:  db "Hello, "
