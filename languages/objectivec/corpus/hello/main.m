#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    NSString *text = @"Hello, world!";
    printf("%s\n", [text UTF8String]);
    [pool drain];
    return 0;
}
