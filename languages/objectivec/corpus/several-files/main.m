#import "Greeter.h"
#import "lib/shout.h"

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    Greeter *greeter = [[Greeter alloc] initWithName:@"Ada"];
    puts([[greeter greeting] UTF8String]);
    puts([shout([greeter greeting]) UTF8String]);
    [greeter release];
    [pool drain];
    return 0;
}
