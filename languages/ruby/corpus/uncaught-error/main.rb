puts 'before'

def fail_now
  raise ArgumentError, 'boom'
end

fail_now
