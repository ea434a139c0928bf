program main
    implicit none
    character(len=80) :: line

    print '(a)', 'Grüße, мир, 你好, 🌍'
    read (*, '(a)') line
    print '(a)', trim(line)
end program main
