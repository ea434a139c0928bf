program main
    implicit none
    character(len=80) :: line
    integer :: status, i, number = 0

    do
        read (*, '(a)', iostat=status) line
        if (status /= 0) exit
        number = number + 1
        do i = 1, len_trim(line)
            if (line(i:i) >= 'a' .and. line(i:i) <= 'z') line(i:i) = achar(iachar(line(i:i)) - 32)
        end do
        print '(i0, 2a)', number, ': ', trim(line)
    end do
end program main
