program main
    implicit none
    integer :: i

    do i = 1, 65536
        print '(a)', '0123456789abcde'
    end do
end program main
