program main
    implicit none
    print '(a)', 'before'
    stop 3
end program main
