#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    for (int i = 0; i < 65536; i++) puts("0123456789abcde");
    [pool drain];
    return 0;
}
