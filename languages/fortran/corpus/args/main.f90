program main
    implicit none
    character(len=64) :: argument
    integer :: i, length

    do i = 1, command_argument_count()
        call get_command_argument(i, argument, length)
        print '(3a)', '[', argument(:length), ']'
    end do
end program main
