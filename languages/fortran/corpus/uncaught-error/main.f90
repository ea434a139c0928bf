program main
    implicit none
    print '(a)', 'before'
    error stop 'boom'
end program main
