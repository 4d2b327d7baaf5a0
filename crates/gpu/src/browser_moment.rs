//! Watching for a result in a browser, which by itself looks only every two milliseconds whether the GPU is done.

use futures::{
    channel::oneshot::{Canceled, Receiver},
    future::{Either, LocalBoxFuture, select},
};
use std::{fmt, rc::Rc};

/// Most moments in which a result is watched for: about ten milliseconds. What takes longer can wait for the browser.
const MOST: usize = 50;

/// How a short while passes in which the browser does what else it has to do.
#[derive(Clone)]
pub struct BrowserMoment(Rc<dyn Fn() -> LocalBoxFuture<'static, ()>>);

impl BrowserMoment {
    /// `pass` is done after about a fifth of a millisecond.
    pub fn new(pass: impl Fn() -> LocalBoxFuture<'static, ()> + 'static) -> Self {
        Self(Rc::new(pass))
    }

    /// Waits for `result`, and calls `look` after every moment of the wait: that makes the browser look.
    pub(crate) async fn watch<T>(
        &self,
        mut result: Receiver<T>,
        mut look: impl FnMut(),
    ) -> Result<T, Canceled> {
        for _ in 0..MOST {
            match select(&mut result, (self.0)()).await {
                Either::Left((result, _)) => return result,
                Either::Right(_) => look(),
            }
        }
        result.await
    }
}

impl fmt::Debug for BrowserMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserMoment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, channel::oneshot, future::ready};

    #[test]
    fn it_looks_until_the_result_is_there() {
        let (sender, result) = oneshot::channel();
        let (mut sender, mut looks) = (Some(sender), 0);
        let moment = BrowserMoment::new(|| ready(()).boxed_local());
        let watched = moment.watch(result, || {
            looks += 1;
            if looks == 3 {
                let _ = sender.take().map(|sender| sender.send(7));
            }
        });
        assert_eq!(pollster::block_on(watched), Ok(7));
        assert_eq!(looks, 3);
    }

    #[test]
    fn it_does_not_look_for_ever() {
        let (sender, result) = oneshot::channel::<()>();
        let (mut sender, mut looks) = (Some(sender), 0);
        let moment = BrowserMoment::new(|| ready(()).boxed_local());
        let watched = moment.watch(result, || {
            looks += 1;
            if looks == MOST {
                sender.take();
            }
        });
        assert_eq!(pollster::block_on(watched), Err(Canceled));
        assert_eq!(looks, MOST);
    }
}
