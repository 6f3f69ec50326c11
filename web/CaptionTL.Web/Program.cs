using CaptionTL.Service;
using CaptionTL.Service.Hosting;

return await ServiceProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddCaptionTL();
    var app = builder.Build();
    app.MapCaptionTL();
    return app;
});
