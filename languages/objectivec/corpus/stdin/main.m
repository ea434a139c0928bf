#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    char line[256];
    for (int number = 1; fgets(line, sizeof line, stdin); number++) {
        line[strcspn(line, "\n")] = 0;
        printf("%d: %s\n", number, [[[NSString stringWithUTF8String:line] uppercaseString] UTF8String]);
    }
    [pool drain];
    return 0;
}
