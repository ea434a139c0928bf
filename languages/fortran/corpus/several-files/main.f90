program main
    use greeting
    use shouting
    implicit none

    print '(a)', greet('Ada')
    print '(a)', shout(greet('Ada'))
end program main
