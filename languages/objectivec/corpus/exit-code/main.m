#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    puts("before");
    exit(3);
    [pool drain];
    return 0;
}
