program main
    implicit none
    print '(a)', 'before
    stop
end program main
