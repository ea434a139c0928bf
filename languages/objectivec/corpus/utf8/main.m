#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    char line[256];
    printf("%s\n", [@"Grüße, мир, 你好, 🌍" UTF8String]);
    if (fgets(line, sizeof line, stdin)) fputs(line, stdout);
    [pool drain];
    return 0;
}
