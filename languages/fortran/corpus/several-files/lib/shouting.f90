module shouting
    implicit none
contains
    function shout(text) result(upper)
        character(len=*), intent(in) :: text
        character(len=len(text)) :: upper
        integer :: i
        upper = text
        do i = 1, len(text)
            if (upper(i:i) >= 'a' .and. upper(i:i) <= 'z') upper(i:i) = achar(iachar(upper(i:i)) - 32)
        end do
    end function shout
end module shouting
